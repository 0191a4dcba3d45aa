/*
 * Small conveniences. Every page works without them.
 *
 * - After a form came back with errors, focus goes to the summary, so that a screen reader and a small
 *   screen both begin there.
 * - The hours of the week get buttons that tick many boxes at once.
 * - Leaving a page quickly takes its place, so that going back does not show it.
 * - Answers that say why words were not taken are shown, whatever their status.
 * - What is typed on a page that is left is kept as a draft, beside whatever it is left for.
 */
(() => {
  "use strict";

  const CHOICES = {
    all: () => true,
    none: () => false,
    daytime: (weekday, hour) => hour >= 9 && hour < 17,
    evenings: (weekday, hour) => hour >= 17 && hour < 22,
    weekend: (weekday) => weekday >= 5,
  };

  const place = (box) => [Math.floor(box.value / 24), box.value % 24];

  function choose(grid, choice) {
    for (const box of grid.querySelectorAll("input[name=hours]")) {
      box.checked = choice(...place(box));
    }
  }

  function offerChoices(grid) {
    const row = grid.querySelector("[data-hours-choices]");
    if (!row) return;
    row.hidden = false;
    row.addEventListener("click", (event) => {
      const button = event.target.closest("[data-hours]");
      if (button) choose(grid, CHOICES[button.dataset.hours]);
    });
  }

  function ready(root) {
    root.querySelectorAll("[data-hours-grid]").forEach(offerChoices);
    root.querySelector(".error-summary")?.focus();
  }

  document.addEventListener("click", (event) => {
    const leave = event.target.closest("[data-leave]");
    if (!leave) return;
    event.preventDefault();
    document.documentElement.hidden = true;
    location.replace(leave.href);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Retarget") === "#words-status") {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  /*
   * typed: the words; and the key and version of the draft as which the server has had them, 0 for none.
   * A browser sends what is kept alive also when its page is gone, but no more than 64 kB of it; what is
   * longer goes at once. The answer is the version from now on, or why the words were not kept.
   */
  window.keepWords = (form, typed) => {
    const sent = new FormData(form);
    for (const [name, value] of Object.entries(typed)) sent.set(name, value);
    const send = (keepalive) =>
      fetch(form.dataset.keep, { method: "POST", body: sent, headers: { "HX-Request": "true" }, keepalive });
    return send(true).catch(() => send(false));
  };

  document.addEventListener("DOMContentLoaded", () => ready(document));
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) ready(event.target);
  });
})();
