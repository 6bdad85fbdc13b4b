'use strict';

const ENDPOINT = new URL('../auth/reset-password', document.currentScript.src);
const ANSWER_TIMEOUT_MS = 30_000;
const ASK_AGAIN =
  'To get a new link, go to the place where you sign in, choose “Forgot password” and enter your e-mail address.';

const heading = document.getElementById('heading');
const form = document.getElementById('form');
const field = document.getElementById('password');
const fieldProblem = document.getElementById('password-problem');
const toggle = document.getElementById('toggle');
const submit = document.getElementById('submit');
const status = document.getElementById('status');
const problem = document.getElementById('problem');

const token = takeToken();
let busy = false;

/** The link's token. It leaves the address bar at once, lest it be bookmarked, shared or seen in a screenshot. */
function takeToken() {
  const value = new URLSearchParams(location.hash.slice(1)).get('token');
  history.replaceState(null, '', location.href.split('#')[0]);
  return value;
}

/** Fills a live region; text only, for some of it comes from the server. */
function say(region, ...sentences) {
  const paragraphs = sentences.map((sentence) => {
    const paragraph = document.createElement('p');
    paragraph.textContent = sentence;
    return paragraph;
  });
  region.replaceChildren(...paragraphs);
}

function clearMessages() {
  for (const region of [status, problem, fieldProblem]) say(region);
  field.removeAttribute('aria-invalid');
}

function setPasswordVisible(visible) {
  field.type = visible ? 'text' : 'password';
  toggle.setAttribute('aria-pressed', String(visible));
}

/** `aria-disabled`, not `disabled`: a button that is disabled loses the keyboard's focus. */
function setBusy(value) {
  busy = value;
  submit.setAttribute('aria-disabled', String(value));
  say(status, ...(value ? ['Saving your new password…'] : []));
}

/** Puts an end to the form: a new heading, which takes the focus that the form had. */
function finish(title) {
  form.reset();
  form.hidden = true;
  heading.textContent = title;
  document.title = `${title} – ${document.body.dataset.product}`;
  heading.focus();
}

/** The service's message says what still works. The link leads to where people sign in, if the service knows that. */
function showSuccess(message) {
  finish('Password changed');
  say(status, 'Your new password is saved.', message);
  status.firstElementChild.className = 'success';
  const { signIn } = document.body.dataset;
  if (signIn === '') return;
  const link = document.createElement('a');
  link.href = signIn;
  link.textContent = 'Sign in';
  status.append(link);
}

function showLinkInvalid() {
  finish('This link no longer works');
  say(
    problem,
    'The link has expired, has been used already, or was replaced by a newer one.',
    `If you have just changed your password with it, sign in with the new password. ${ASK_AGAIN}`,
  );
}

function showLinkIncomplete() {
  finish('This link is incomplete');
  say(
    problem,
    'The address of this page has no reset code in it.',
    `Please open the whole link from your e-mail, once more if you have reloaded this page. ${ASK_AGAIN}`,
  );
}

function showFieldProblem(...messages) {
  field.setAttribute('aria-invalid', 'true');
  say(fieldProblem, ...messages);
  field.focus();
}

/** A problem after which the same password may be sent again: the form and the focus stay. */
function showProblem(...sentences) {
  say(problem, ...sentences);
  problem.scrollIntoView({ block: 'nearest' });
}

/** What the browser itself can tell; all else is the server's to judge. */
function showLocalProblem() {
  if (field.validity.valueMissing) showFieldProblem('Enter a new password.');
  else showFieldProblem(`This password is too short: it needs at least ${field.minLength} characters.`);
}

function counted(number, unit) {
  const whole = Math.ceil(number);
  return `in ${whole} ${unit}${whole === 1 ? '' : 's'}`;
}

/** The Retry-After header, seconds or a date, in words. */
function retryIn(headers) {
  const value = headers.get('retry-after') ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  if (!(seconds > 0)) return 'in a few moments';
  if (seconds <= 90) return counted(seconds, 'second');
  if (seconds <= 90 * 60) return counted(seconds / 60, 'minute');
  return counted(seconds / 3600, 'hour');
}

/** The server's answer; nothing when there was none. */
async function send(newPassword) {
  try {
    const response = await fetch(ENDPOINT, {
      method: 'POST',
      credentials: 'omit',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, newPassword }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    // A proxy in between may answer something else than JSON.
    const body = (await response.json().catch(() => null)) ?? {};
    return { status: response.status, headers: response.headers, body };
  } catch {
    return undefined;
  }
}

function showAnswer(answer) {
  if (!answer) {
    showProblem(
      'The service did not answer, so it is not certain whether your new password was saved.',
      'Check your internet connection and try again.',
    );
    return;
  }
  const { body, headers } = answer;
  const faults = (Array.isArray(body.errors) ? body.errors : []).filter((fault) => fault.field === 'newPassword');
  if (body.status === 'success') showSuccess(body.message);
  else if (body.code === 'RESET_TOKEN_INVALID') showLinkInvalid();
  else if (faults.length > 0) showFieldProblem(...faults.map((fault) => fault.message));
  else if (String(body.code).startsWith('PASSWORD_')) showFieldProblem(body.message);
  else if (answer.status === 429) showProblem(`There were too many tries. Try again ${retryIn(headers)}.`);
  else if (answer.status === 503) showProblem(`The service is busy right now. Try again ${retryIn(headers)}.`);
  else showUnexpected(body, headers);
}

function showUnexpected(body, headers) {
  const requestId = body.requestId ?? headers.get('x-request-id');
  showProblem(
    'Your new password could not be saved.',
    body.message ?? 'The service gave an answer that this page does not understand. Try again in a few minutes.',
    ...(requestId ? [`Request ID: ${requestId}`] : []),
  );
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (busy) return;
  clearMessages();
  // A field that shows its text would be kept in the browser's list of things typed before.
  setPasswordVisible(false);
  if (!field.validity.valid) return showLocalProblem();
  setBusy(true);
  const answer = await send(field.value);
  setBusy(false);
  showAnswer(answer);
});

toggle.addEventListener('click', () => setPasswordVisible(field.type === 'password'));

// A second link opened in this tab changes only the fragment, which loads nothing by itself.
addEventListener('hashchange', () => location.reload());

say(status);
if (token) form.hidden = false;
else showLinkIncomplete();
