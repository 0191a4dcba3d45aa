/*
 * A conversation while it is open. Without scripts one reloads the page.
 *
 * - What is said comes by the stream of the server, each message once, in its order.
 * - A page that nobody looks at has no stream: a browser opens few connections to one site, and Pause needs one.
 * - A connection that has shown no sign of life is taken for dead, and made anew.
 * - Words that were typed and not said stay where they are, and are kept as a draft when the page is
 *   hidden or left. A browser asks before it leaves them, but never when one pauses or ends the talk.
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
  /* Letters that a browser certainly sends when its page is gone. More is kept while it is typed. */
  const SHORT = 15000;

  let source = null;
  let last = Number(talk.dataset.last);
  let seen = talk.dataset.seen;
  let heard = Date.now();
  let tries = 0;
  let again = null;
  let isOver = false;
  let isSignedOut = false;
  /* Whether the stream has told anything but that one is signed out. */
  let isHeard = false;
  let isLeaving = false;
  /* What the server has of the words in a box, and in which. */
  let kept = {};
  let isKeeping = false;

  const box = () => document.querySelector("#say");
  const typed = () => box()?.elements.body.value ?? "";
  const isUnkept = () => typed().trim() !== "" && (kept.box !== box() || kept.words !== typed());
  const toEnd = () => log?.scrollTo(0, log.scrollHeight);

  function tell(text) {
    if (lost.textContent !== text) lost.textContent = text;
  }

  function open() {
    if (source || isOver || document.hidden) return;
    clearTimeout(again);
    heard = Date.now();
    isHeard = false;
    source = new EventSource(`${talk.dataset.stream}?after=${last}&seen=${seen}`);
    for (const [name, act] of Object.entries({ said: add, state: change, here() {}, over: end })) {
      source.addEventListener(name, (event) => {
        isSignedOut = false;
        isHeard = true;
        live();
        act(event);
      });
    }
    source.addEventListener("out", out);
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
    if (isOver || document.hidden || (isSignedOut && !source)) return;
    const silent = Date.now() - heard;
    const isOpen = source?.readyState === EventSource.OPEN;
    if (isOpen ? silent > DEAD_AFTER_MS : silent > TOLD_AFTER_MS) tell(talk.dataset.lost);
    if (isOpen && silent > DEAD_AFTER_MS) {
      close();
      open();
    }
  }

  function add(event) {
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

  /*
   * On a shared screen what was said must not stay; signed in again, it comes again. So it does at once
   * if only the session of this stream is over, as when the password was changed in another window.
   */
  function out() {
    const isAskedAgain = isHeard;
    close();
    isSignedOut = true;
    said?.replaceChildren();
    last = 0;
    tell(talk.dataset.signedOut);
    if (isAskedAgain) open();
  }

  function wake() {
    if (document.hidden) close();
    else open();
    if (document.hidden && !isLeaving) keep();
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

  /* Also what is being sent, and may hang: its box is disabled then. */
  async function keep() {
    if (!isUnkept()) return;
    const form = box();
    const words = typed();
    isKeeping = true;
    const draft = { body: words, version: form.elements.kept.value || 0 };
    const answer = await window.keepWords(form, draft).catch(() => null);
    const text = await answer?.text();
    isKeeping = false;
    if (!answer || form !== box()) return;
    if (answer.headers.has("HX-Retarget")) {
      window.htmx.swap("#words-status", text, { swapStyle: "innerHTML" });
    } else if (answer.ok) {
      form.elements.kept.value = text;
      kept = { box: form, words };
      keepLong();
    }
  }

  /* Leaving and pausing wait for nothing; what was being typed is kept beside them. */
  function leave(event) {
    if (event.target === box()) return;
    isLeaving = true;
    keep();
  }

  /* An answer that leads elsewhere: the words are a draft there. */
  function arrive(event) {
    if (event.detail.xhr.getResponseHeader("HX-Redirect")) isLeaving = true;
  }

  function keepLong() {
    if (typed().length > SHORT && !isKeeping) keep();
  }

  function input() {
    isLeaving = false;
    keepLong();
  }

  for (const name of ["responseError", "sendError", "timeout"]) {
    talk.addEventListener(`htmx:${name}`, notSaid);
  }
  talk.addEventListener("htmx:beforeOnLoad", arrive);
  talk.addEventListener("input", input);
  document.addEventListener("submit", leave);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("focus", open);
  window.addEventListener("online", open);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", () => {
    isLeaving = false;
    open();
  });
  window.addEventListener("beforeunload", (event) => {
    if (isUnkept() && !isLeaving) event.preventDefault();
  });
  document.addEventListener("DOMContentLoaded", toEnd);
  setInterval(watch, 1000);
  open();
})();
