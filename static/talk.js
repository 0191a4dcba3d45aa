/*
 * A conversation while it is open. Without scripts one reloads the page.
 *
 * - What is said comes by the stream of the server, each message once, in its order.
 * - A page that nobody looks at has no stream: a browser opens few connections to one site, and Pause needs one.
 * - A connection that has shown no sign of life is taken for dead, and made anew.
 * - Words that were typed and not sent stay where they are, or are kept as a draft when one leaves.
 */
(() => {
  "use strict";

  const talk = document.querySelector("#talk[data-stream]");
  if (!talk) return;
  const said = document.querySelector("#said");
  const log = said?.parentElement;
  const state = document.querySelector("#talk-state");
  const lost = document.querySelector("#talk-lost");

  const DEAD_AFTER_MS = 40000;
  /* A stream ends every few minutes and begins again: not worth a word. */
  const TOLD_AFTER_MS = 5000;
  const AGAIN_MS = [1000, 2000, 5000, 10000, 20000];

  let source = null;
  let last = Number(talk.dataset.last);
  let seen = talk.dataset.seen;
  let heard = Date.now();
  let tries = 0;
  let again = null;
  let isOver = false;
  let isSignedOut = false;

  const words = () => document.querySelector("#say [name=body]");
  const toEnd = () => log?.scrollTo(0, log.scrollHeight);

  function tell(text) {
    if (lost.textContent !== text) lost.textContent = text;
  }

  function open() {
    if (source || isOver || document.hidden) return;
    clearTimeout(again);
    heard = Date.now();
    source = new EventSource(`${talk.dataset.stream}?after=${last}&seen=${seen}`);
    for (const [name, act] of Object.entries({ said: add, state: change, here: live, over: end, out })) {
      source.addEventListener(name, (event) => {
        live();
        act(event);
      });
    }
    source.onopen = live;
    source.onerror = fail;
  }

  function close() {
    clearTimeout(again);
    source?.close();
    source = null;
  }

  function live() {
    heard = Date.now();
    tries = 0;
    if (!isSignedOut) tell("");
  }

  function fail() {
    if (source?.readyState !== EventSource.CLOSED) return;
    close();
    again = setTimeout(open, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
    tries += 1;
  }

  function watch() {
    if (isOver || isSignedOut || document.hidden) return;
    const silent = Date.now() - heard;
    const isOpen = source?.readyState === EventSource.OPEN;
    if (isOpen ? silent > DEAD_AFTER_MS : silent > TOLD_AFTER_MS) tell(talk.dataset.lost);
    if (isOpen && silent > DEAD_AFTER_MS) {
      close();
      open();
    }
  }

  function add(event) {
    if (isSignedOut) {
      isSignedOut = false;
      tell("");
    }
    const number = Number(event.lastEventId);
    if (!said || document.getElementById(`said-${number}`)) return;
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    said.insertAdjacentHTML("beforeend", event.data);
    last = number;
    talk.querySelector(".empty")?.remove();
    if (isAtEnd) toEnd();
  }

  /* What the page shows now is not what it was made with. */
  function change(event) {
    seen = "";
    const shown = document.createElement("div");
    shown.innerHTML = event.data;
    if (shown.textContent.trim() !== state.textContent.trim()) state.replaceChildren(...shown.childNodes);
  }

  /* The box stays, with what is in it: nobody loses half a sentence. */
  function end() {
    isOver = true;
    close();
    document.querySelectorAll("[data-while-open]").forEach((each) => each.remove());
    const button = document.querySelector("#say [data-closed]");
    if (button) button.textContent = button.dataset.closed;
  }

  /* On a shared screen what was said must not stay; signed in again, it comes again. */
  function out() {
    close();
    isSignedOut = true;
    said?.replaceChildren();
    last = 0;
    tell(talk.dataset.signedOut);
  }

  function wake() {
    if (document.hidden) close();
    else open();
  }

  function notSaid(event) {
    const form = event.target;
    if (form.id !== "say" || event.detail.xhr?.getResponseHeader("HX-Retarget")) return;
    const told = document.createElement("p");
    told.className = "notice";
    told.setAttribute("role", "alert");
    told.textContent = event.type === "htmx:responseError" ? form.dataset.notSaid : form.dataset.noAnswer;
    form.querySelector("#words-status").replaceChildren(told);
  }

  /* Leaving and pausing wait for nothing; what was being typed is kept beside them. */
  function leave(event) {
    const form = document.querySelector("#say");
    if (event.target === form || !words()?.value.trim()) return;
    const draft = new FormData(form);
    draft.append("version", "1");
    fetch(talk.dataset.draft, { method: "POST", body: draft, keepalive: true }).catch(() => {});
  }

  for (const name of ["responseError", "sendError", "timeout"]) {
    talk.addEventListener(`htmx:${name}`, notSaid);
  }
  document.addEventListener("submit", leave);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("focus", open);
  window.addEventListener("online", open);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  document.addEventListener("DOMContentLoaded", toEnd);
  setInterval(watch, 1000);
  open();
})();
