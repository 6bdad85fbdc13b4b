'use strict';

// The script's own address leads to the mailbox, whatever path a proxy adds.
const MAILBOX = new URL('../mail', document.currentScript.src);
const CHANGES = new URL('changes', document.currentScript.src);
const RETRY_MS = 2000;

const news = document.getElementById('news');
const list = document.getElementById('messages');
const frame = document.getElementById('letter');

/** Gives the frame the height of its message. Its scripts never run, but this page may measure it: allow-same-origin. */
function fitFrame() {
  const { body } = frame.contentDocument;
  const fit = () => {
    const borders = frame.offsetHeight - frame.clientHeight;
    frame.style.height = `${Math.ceil(body.getBoundingClientRect().height) + borders}px`;
  };
  new ResizeObserver(fit).observe(body);
  fit();
}

/** Resolves to the list of messages as it is now. */
async function loadList() {
  const response = await fetch(MAILBOX);
  return new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('messages');
}

/** Adds and removes single rows: what has the keyboard's focus stays where it is. */
function updateList(current) {
  const known = new Set([...list.children].map(({ id }) => id));
  const kept = new Set([...current.children].map(({ id }) => id));
  for (const row of [...list.children]) if (!kept.has(row.id)) row.remove();
  list.prepend(...[...current.children].filter(({ id }) => !known.has(id)));
}

/** Says that a message came. On the page of another message the words lead to the new one. */
function announce(row) {
  const link = row.querySelector('a').cloneNode(true);
  link.href = new URL(`mail/${row.id.slice(2)}`, MAILBOX);
  news.replaceChildren('New message: ', list ? link.textContent : link);
}

async function showNews() {
  const current = await loadList();
  const newest = current.firstElementChild;
  if (list) updateList(current);
  if (newest) announce(newest);
}

/** Resolves to the id of the newest message, once that is another than `newest` or some time has passed. */
async function waitForChange(newest) {
  const response = await fetch(`${CHANGES}?after=${newest}`);
  if (!response.ok) throw new Error(`The mailbox answered ${response.status}.`);
  return (await response.json()).newest;
}

async function watch() {
  let { newest } = news.dataset;
  for (;;) {
    try {
      const found = await waitForChange(newest);
      if (found !== newest) await showNews();
      newest = found;
    } catch {
      // The service restarts, most likely.
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

if (frame) {
  frame.addEventListener('load', fitFrame);
  if (frame.contentDocument?.readyState === 'complete' && frame.contentDocument.body.firstChild) fitFrame();
}
void watch();
