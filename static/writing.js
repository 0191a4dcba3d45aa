/*
 * Saving a letter while it is typed, and sending it without leaving the page before it is saved.
 * Without scripts the buttons do the same.
 *
 * Words are sent by htmx (#autosave, and the form itself) and otherwise stay in the page: nothing is
 * put into the browser's storage, since phones are shared.
 */
(() => {
  "use strict";

  const RETRY_MS = 5000;
  const LONGEST_RETRY_MS = 60000;
  /* Letters that a browser certainly sends when its page is gone. More is kept while it is typed. */
  const SHORT = 15000;

  let form, words, autosave, status;
  /* What the server is known to have; what was sent last; and what was sent and never answered. */
  let saved, sent, unanswered;
  let address, waiting, timer, retry;
  let isBusy, isSending, isAnswered, isAgain, isLeaving, isKeeping;

  /* Also for a page that came in answer to a button, with the words in it (see `show`). */
  function start() {
    const found = document.querySelector("form.writing");
    if (found === form) return;
    form = found;
    words = form?.querySelector("#id_body");
    autosave = form?.querySelector("#autosave");
    status = form?.querySelector("#words-status");
    saved = !form || "unsaved" in form.dataset ? null : words.value;
    sent = unanswered = address = waiting = null;
    isBusy = isSending = isAnswered = isAgain = isLeaving = isKeeping = false;
    clearTimeout(timer);
    retry = RETRY_MS;
  }

  const isUnsaved = () => form && words.value.trim() !== "" && words.value !== saved;
  const line = () => form.querySelector("#letter-length");
  /* Python counts code points, and so is counted here. */
  const length = () => [...words.value].length;
  const isTooLong = () => length() > Number(line().dataset.longest);
  const header = (event, name) => event.detail.xhr?.getResponseHeader(name);
  /* Nobody knows whether it arrived: no answer, or one of a proxy that had none. */
  const isLost = (event) => !event.detail.xhr?.status || event.detail.xhr.status >= 502;

  function say(text) {
    if (status.textContent.trim() === text) return;
    const told = document.createElement("p");
    told.className = "notice";
    told.setAttribute("role", "alert");
    told.textContent = text;
    status.replaceChildren(told);
  }

  function count() {
    if (!form) return;
    const over = line().querySelector("[data-over]");
    line().querySelector("[data-length]").textContent = length();
    if (over) over.hidden = length() <= Number(line().dataset.agreed);
  }

  function save() {
    if (autosave) window.htmx.trigger(autosave, "save-now");
  }

  function begin(event) {
    if (event.target === autosave) beginSaving(event);
    else if (event.target === form) beginSending(event);
  }

  function beginSaving(event) {
    const isLong = isUnsaved() && isTooLong();
    if (isLong) {
      say(form.dataset.tooLong);
      waiting = null;
    }
    if (isLong || isSending || (!isUnsaved() && unanswered === null)) {
      event.preventDefault();
      return;
    }
    if (address) event.detail.path = address;
    /* The very words again whose answer was lost: with it comes the version that they made. */
    sent = unanswered ?? words.value;
    event.detail.parameters.body = sent;
    isBusy = true;
  }

  function beginSending(event) {
    const button = event.detail.triggeringEvent?.submitter;
    if (isBusy || unanswered !== null) {
      event.preventDefault();
      waiting = button;
      if (!isBusy) save();
    } else if (!navigator.onLine) {
      event.preventDefault();
      say(form.dataset.notSaved);
    } else {
      event.detail.path = form.action;
      if (button) event.detail.parameters[button.name] = button.value;
      isSending = words.readOnly = true;
      isAnswered = false;
    }
  }

  function end(event) {
    if (event.target === autosave) endSaving(event);
    else if (event.target === form) endSending(event);
  }

  function endSaving(event) {
    const done = status.querySelector("[data-saved]");
    const wasLost = unanswered !== null;
    isBusy = false;
    unanswered = isLost(event) ? sent : null;
    if (event.detail.successful && done) {
      saved = sent;
      isAgain = false;
      retry = RETRY_MS;
      form.action = done.dataset.letter;
      address = done.dataset.draft;
      if (wasLost && !waiting) save();
    } else if (!header(event, "HX-Retarget")) {
      say(form.dataset.notSaved);
      clearTimeout(timer);
      timer = setTimeout(save, retry);
      retry = Math.min(2 * retry, LONGEST_RETRY_MS);
    } else if (status.querySelector("[data-again]") && !isAgain) {
      isAgain = true;
      save();
    }
    if (waiting && unanswered === null) form.requestSubmit(waiting);
    waiting = null;
  }

  function endSending(event) {
    isSending = words.readOnly = false;
    if (!isAnswered && !header(event, "HX-Retarget")) say(form.dataset.notSaved);
  }

  /* An answer to a button: elsewhere to go, or a page in place of this one that has the words. */
  function arrive(event) {
    if (event.target === form && header(event, "HX-Redirect")) isAnswered = isLeaving = true;
  }

  function show(event) {
    const { requestConfig, serverResponse, xhr } = event.detail;
    if (requestConfig.elt !== form || header(event, "HX-Retarget")) return;
    const isPage = serverResponse.includes('id="main"');
    isAnswered = isPage && (xhr.status === 200 || serverResponse.includes("keeps-words"));
    event.detail.shouldSwap = isAnswered;
    event.detail.isError = !isAnswered;
    event.detail.target = document.getElementById("main");
    event.detail.selectOverride = "#main";
    event.detail.swapOverride = "outerHTML show:window:top";
  }

  function submit(event) {
    /* Nothing stands between the tap and the pause: what is typed is kept beside it. */
    if (event.target === form || !event.target.querySelector(".button-pause")) return;
    isLeaving = true;
    keep();
  }

  /* What is not saved by itself is a draft of its own, until a button has saved it. */
  async function keep() {
    if (!isUnsaved()) return;
    const { key, version, aside, kept } = form.elements;
    const body = words.value;
    /* Words that were never saved from here take the place of none that are there. */
    const known = saved === null ? 0 : version.value;
    const draft = autosave ? { key: key.value, version: known } : { key: aside.value, version: kept.value || 0 };
    isKeeping = true;
    const answer = await window.keepWords(form, { body, ...draft }).catch(() => null);
    const isKept = !autosave && answer?.ok && !answer.headers.has("HX-Retarget");
    if (isKept) kept.value = await answer.text();
    isKeeping = false;
    if (isKept && words.value !== body) keepLong();
  }

  function keepLong() {
    if (words.value.length <= SHORT || isLeaving) return;
    if (autosave) save();
    else if (isTooLong()) say(form.dataset.tooLong);
    else if (!isKeeping) keep();
  }

  function hide() {
    if (document.hidden && !autosave && !isLeaving) keep();
  }

  document.addEventListener("htmx:configRequest", begin);
  document.addEventListener("htmx:afterRequest", end);
  document.addEventListener("htmx:beforeOnLoad", arrive);
  document.addEventListener("htmx:beforeSwap", show);
  document.addEventListener("htmx:load", start);
  document.addEventListener("submit", submit);
  document.addEventListener("visibilitychange", hide);
  document.addEventListener("input", (event) => {
    if (event.target !== words) return;
    isLeaving = false;
    count();
    keepLong();
  });
  window.addEventListener("htmx:oobAfterSwap", count);
  window.addEventListener("online", save);
  window.addEventListener("pageshow", () => {
    isLeaving = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved() && !isLeaving) event.preventDefault();
  });
  start();
})();
