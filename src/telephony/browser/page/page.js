import { CallCard } from './call-card.js';
import { Connection } from './connection.js';
import { Microphone } from './microphone.js';
import { Ringing } from './ringing.js';
import { Speaker } from './speaker.js';

/** Calls that are over stay to be read, the newest of them. */
const MAX_ENDED = 10;
const FULL_SCALE = 32768;

const say = (id, words) => (document.getElementById(id).textContent = words);

const speaker = new Speaker((isOn, problem) => {
  say('sound', isOn ? 'Sound is on.' : `Sound is off. Calls go on: read what is said. ${problem ?? ''}`);
  document.getElementById('turn-on').hidden = isOn;
});
const microphone = new Microphone((words) => say('microphone', words));
const ringing = new Ringing(speaker);
/** Calls that are not over, by their numbers. */
const cards = new Map();
const ended = [];
/** The call that has the microphone, and what hears it. */
let heard;

function updateRinging() {
  const callers = [...cards.values()].filter(({ state }) => state === 'ringing').map(({ from }) => from);
  ringing.show(callers);
}

function dropMicrophone() {
  if (!heard) return;
  const { card, listener } = heard;
  heard = undefined;
  card.showMicrophone(false);
  void microphone.takeFrom(listener);
}

/** One call has the microphone: people on the others would hear what is not for them. */
async function giveMicrophone(card) {
  heard?.card.showMicrophone(false);
  const listener = (samples) => {
    connection.sendSound(card.call, samples);
    card.showLevel('person', samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0) / FULL_SCALE);
  };
  const mine = { card, listener };
  heard = mine;
  const isOn = await microphone.giveTo(listener);
  if (heard !== mine) return;
  card.showMicrophone(isOn);
  if (!isOn) heard = undefined;
}

function addCard(ring) {
  const { call } = ring;
  const tell = (type, fields) => connection.tell({ type, call, ...fields });
  const card = new CallCard(ring, {
    accept: () => tell('accept'),
    decline: () => tell('decline'),
    hangUp: () => tell('hang-up'),
    toggleMicrophone: () => (heard?.card === card ? dropMicrophone() : void giveMicrophone(card)),
    say: (text) => tell('text', { text }),
    press: (digit) => tell('digit', { digit }),
  });
  cards.set(call, card);
}

function answer(card) {
  card.answered();
  void giveMicrophone(card);
  const report = ({ epoch, samples, peak }) => {
    connection.tell({ type: 'played', call: card.call, epoch, samples });
    card.showLevel('agent', peak);
  };
  void speaker.start(card.call, report);
}

function end(card, reason) {
  cards.delete(card.call);
  speaker.stop(card.call);
  if (heard?.card === card) dropMicrophone();
  card.ended(reason);
  ended.push(card);
  if (ended.length > MAX_ENDED) ended.shift().remove();
}

const CONDUCT = {
  answered: (card) => answer(card),
  clear: (card, { epoch }) => {
    speaker.play(card.call, epoch);
    card.showLevel('agent', 0);
  },
  digits: (card, { digits }) => card.note(`The agent pressed ${digits}.`),
  transcript: (card, line) => card.show(line),
  ended: (card, { reason }) => end(card, reason),
};

const connection = new Connection({
  opened: () => say('connection', 'Connected: waiting for calls.'),
  lost: (reason) => {
    for (const card of [...cards.values()]) end(card, 'media-lost');
    updateRinging();
    say('connection', `The connection to the service is lost; trying again. ${reason}`);
  },
  told: (message) => {
    const card = cards.get(message.call);
    if (message.type === 'ring') addCard(message);
    else if (card) CONDUCT[message.type]?.(card, message);
    else if (message.type === 'recording') ended.find(({ call }) => call === message.call)?.offer(message.path);
    updateRinging();
  },
  sound: (call, epoch, samples) => speaker.play(call, epoch, samples),
});

for (const gesture of ['click', 'keydown']) document.addEventListener(gesture, () => void speaker.turnOn());
