/*
 * Saving a letter while it is typed. Without scripts the buttons do the same.
 *
 * Words are sent by htmx (#autosave) and otherwise stay in the page: nothing is put into the browser's
 * storage, since phones are shared.
 */
(() => {
  "use strict";

  const form = document.querySelector("form.writing");
  const words = form?.querySelector("#id_body");
  if (!words) return;
  const autosave = form.querySelector("#autosave");
  const status = form.querySelector("#words-status");

  let saved = "unsaved" in form.dataset ? null : words.value;
  let sent = null;
  let address = null;
  let waiting = null;
  let isBusy = false;
  let isAgain = false;
  let isLeaving = false;

  const isUnsaved = () => words.value.trim() !== "" && words.value !== saved;
  const line = () => form.querySelector("#letter-length");
  /* Python counts code points, and so is counted here. */
  const length = () => [...words.value].length;
  const isTooLong = () => length() > Number(line().dataset.longest);

  function say(text) {
    const told = document.createElement("p");
    told.className = "notice";
    told.setAttribute("role", "alert");
    told.textContent = text;
    status.replaceChildren(told);
  }

  function count() {
    line().querySelector("[data-length]").textContent = length();
  }

  function save() {
    if (autosave) window.htmx.trigger(autosave, "save-now");
  }

  function begin(event) {
    if (event.target !== autosave) return;
    if (isUnsaved() && isTooLong()) say(form.dataset.tooLong);
    if (!isUnsaved() || isTooLong()) {
      event.preventDefault();
      return;
    }
    if (address) event.detail.path = address;
    sent = words.value;
    isBusy = true;
  }

  function end(event) {
    if (event.target !== autosave) return;
    isBusy = false;
    const done = status.querySelector("[data-saved]");
    if (event.detail.successful && done) {
      saved = sent;
      isAgain = false;
      form.action = done.dataset.letter;
      address = done.dataset.draft;
    } else if (!event.detail.xhr?.getResponseHeader("HX-Retarget")) {
      say(form.dataset.notSaved);
    } else if (status.querySelector("[data-again]") && !isAgain) {
      isAgain = true;
      save();
    }
    if (waiting) form.requestSubmit(waiting);
    waiting = null;
  }

  function submit(event) {
    if (event.target === form) {
      if (isBusy) {
        waiting = event.submitter;
        event.preventDefault();
      } else if (!navigator.onLine) {
        say(form.dataset.notSaved);
        event.preventDefault();
      } else isLeaving = true;
    } else if (event.target.querySelector(".button-pause")) {
      /* Nothing stands between the tap and the pause. */
      isLeaving = true;
      save();
    }
  }

  document.addEventListener("htmx:configRequest", begin);
  document.addEventListener("htmx:afterRequest", end);
  document.addEventListener("submit", submit);
  words.addEventListener("input", count);
  window.addEventListener("htmx:oobAfterSwap", count);
  window.addEventListener("online", save);
  window.addEventListener("pageshow", () => {
    isLeaving = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved() && !isLeaving) event.preventDefault();
  });
})();
