/*
 * A conversation while it is open. htmx takes what the stream tells; here is what it leaves to the page.
 *
 * - What comes twice, because the stream was lost and asked for again, is shown once.
 * - The list follows what is said only for somebody who reads its end.
 * - Words that could not be sent stay where they were typed, and it is said that they do.
 */
(() => {
  "use strict";

  const talk = document.querySelector("#talk[sse-connect]");
  const said = document.querySelector("#said");
  const log = said?.parentElement;
  const lost = document.querySelector("#talk-lost");
  if (!talk) return;

  /* A stream ends every few minutes and begins again: not worth a word. */
  const QUIET_MS = 5000;
  let timer = null;
  let isAtEnd = true;

  const message = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("li");
  const toEnd = () => log?.scrollTo(0, log.scrollHeight);

  function begin(event) {
    if (event.target !== said) return;
    if (document.getElementById(message(event.detail.data).id)) event.preventDefault();
    isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  }

  function end(event) {
    if (event.target !== said) return;
    talk.querySelector(".empty")?.remove();
    if (isAtEnd) toEnd();
  }

  function isLost() {
    timer ??= setTimeout(() => {
      lost.hidden = false;
    }, QUIET_MS);
  }

  function isBack() {
    clearTimeout(timer);
    timer = null;
    lost.hidden = true;
  }

  function notSaid(event) {
    if (event.target.id !== "say" || event.detail.xhr?.getResponseHeader("HX-Retarget")) return;
    const told = document.createElement("p");
    told.className = "notice";
    told.setAttribute("role", "alert");
    told.textContent = event.target.dataset.notSaid;
    event.target.querySelector("#words-status").replaceChildren(told);
  }

  talk.addEventListener("htmx:sseBeforeMessage", begin);
  talk.addEventListener("htmx:sseMessage", end);
  talk.addEventListener("htmx:sseError", isLost);
  talk.addEventListener("htmx:sseOpen", isBack);
  talk.addEventListener("htmx:sseClose", isBack);
  for (const name of ["responseError", "sendError", "timeout"]) {
    talk.addEventListener(`htmx:${name}`, notSaid);
  }
  document.addEventListener("DOMContentLoaded", toEnd);
})();
