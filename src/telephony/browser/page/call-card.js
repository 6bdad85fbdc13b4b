const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const KEY = /^[0-9*#A-D]$/;
const SPEAKERS = { agent: 'Agent', person: 'You' };
const ENDS = {
  'hung-up-here': 'The agent hung up.',
  'hung-up-there': 'You hung up.',
  'answered-elsewhere': 'It was answered on another page.',
  canceled: 'The service gave it up.',
  declined: 'It was declined.',
  'media-lost': 'The connection was lost.',
};

/** A level as it is seen: quiet sound moves the meter too. */
const seen = (peak) => Math.sqrt(Math.min(1, peak));

let count = 0;

/** One call as the page shows it, from its ringing to its end. */
export class CallCard {
  state = 'ringing';
  #lines = new Map();
  #element;
  #actions;

  /** `actions`: `accept()`, `decline()`, `hangUp()`, `toggleMicrophone()`, `say(text)` and `press(digit)`. */
  constructor({ call, from, to }, actions) {
    this.call = call;
    this.from = from;
    this.#actions = actions;
    const template = document.getElementById('call').content.cloneNode(true);
    this.#element = template.querySelector('section');
    this.#element.dataset.state = this.state;
    const heading = this.#find('h2');
    count += 1;
    heading.textContent = `Call ${count} from ${from} to ${to}`;
    this.#element.setAttribute('aria-label', heading.textContent);
    this.#addKeypad();
    this.#listen();
    document.getElementById('calls').prepend(template);
  }

  answered() {
    this.#enter('answered', 'Connected');
    this.#find('.transcript').hidden = false;
    this.#find('input').focus();
  }

  ended(reason) {
    const hadFocus = this.#element.contains(document.activeElement);
    this.#enter('ended', `Ended. ${ENDS[reason] ?? ''}`);
    // Else the keyboard would begin at the top of the page again.
    if (hadFocus) this.#find('h2').focus();
  }

  remove() {
    this.#element.remove();
  }

  /** Lets the person hear the call again. `path` leads there from the root of the service. */
  offer(path) {
    const part = this.#find('.recording');
    part.querySelector('audio').src = `../${path}`;
    part.hidden = false;
  }

  /** Shows a line of the conversation. A later one with its id replaces it. */
  show({ id, role, text }) {
    const line = this.#lines.get(id) ?? document.createElement('p');
    const speaker = document.createElement('b');
    speaker.textContent = `${SPEAKERS[role]}: `;
    line.replaceChildren(speaker, text);
    this.#lines.set(id, line);
    const log = this.#find('.transcript');
    if (!line.isConnected) log.append(line);
    log.scrollTop = log.scrollHeight;
  }

  note(text) {
    this.#find('.note').textContent = text;
  }

  showLevel(side, peak) {
    this.#find(`meter[data-side=${side}]`).value = seen(peak);
  }

  showMicrophone(isOn) {
    this.#find('[data-action=microphone]').setAttribute('aria-pressed', String(isOn));
    if (!isOn) this.showLevel('person', 0);
  }

  #find(selector) {
    return this.#element.querySelector(selector);
  }

  #enter(state, words) {
    this.state = this.#element.dataset.state = state;
    this.#find('.state').textContent = words;
    this.#find('.ringing').hidden = state !== 'ringing';
    for (const part of this.#element.querySelectorAll('.talking')) part.hidden = state !== 'answered';
  }

  #addKeypad() {
    const buttons = KEYS.map((key) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = button.dataset.key = key;
      return button;
    });
    this.#find('.keypad').append(...buttons);
  }

  #listen() {
    this.#element.addEventListener('click', ({ target }) => this.#click(target.closest('button')));
    this.#element.addEventListener('keydown', (event) => this.#key(event));
    this.#find('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#say(event.target.elements.text);
    });
  }

  #click(button) {
    const { action, key } = button?.dataset ?? {};
    if (key) this.#press(key);
    if (action === 'accept') this.#actions.accept();
    if (action === 'decline') this.#actions.decline();
    if (action === 'hang-up') this.#actions.hangUp();
    if (action === 'microphone') this.#actions.toggleMicrophone();
  }

  /** Keys dial everywhere in the call but in the text. */
  #key({ key, target, repeat, ctrlKey, altKey, metaKey }) {
    if (this.state !== 'answered' || repeat || ctrlKey || altKey || metaKey || target.matches('input')) return;
    if (KEY.test(key)) this.#press(key);
  }

  #press(digit) {
    this.#actions.press(digit);
    this.note(`You pressed ${digit}.`);
  }

  #say(field) {
    // The service refuses words that have nothing to read.
    const text = field.value.replace(/[\p{Cc}\s]+/gu, ' ').trim();
    if (text === '') return;
    this.#actions.say(text);
    this.note(`You said by typing: ${text}`);
    field.value = '';
  }
}
