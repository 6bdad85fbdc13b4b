/** What the agent says of its own accord, whatever its model is. */
export interface Phrases {
  isRecorded: string;
  fillers: [first: string, second: string];
  areYouThere: string;
  notUnderstood: string;
  sayAgain: string;
  cannotGoOn: string;
  goodbye: string;
  timeIsShort: string;
}

const ENGLISH: Phrases = {
  isRecorded: 'This call is recorded.',
  fillers: ['One moment.', 'I am still working on it.'],
  areYouThere: 'Are you still there?',
  notUnderstood: "Sorry, I didn't catch that.",
  sayAgain: 'Sorry, could you say that again?',
  cannotGoOn: 'I am sorry, I cannot go on right now. Goodbye.',
  goodbye: 'Goodbye.',
  timeIsShort: 'We have only a few seconds left.',
};

const PHRASES: Record<string, Phrases> = {
  en: ENGLISH,
  de: {
    isRecorded: 'Dieser Anruf wird aufgezeichnet.',
    fillers: ['Einen Moment.', 'Ich bin noch dabei.'],
    areYouThere: 'Sind Sie noch da?',
    notUnderstood: 'Entschuldigung, das habe ich nicht verstanden.',
    sayAgain: 'Entschuldigung, können Sie das noch einmal sagen?',
    cannotGoOn: 'Es tut mir leid, ich kann gerade nicht weitermachen. Auf Wiederhören.',
    goodbye: 'Auf Wiederhören.',
    timeIsShort: 'Wir haben nur noch wenige Sekunden.',
  },
  es: {
    isRecorded: 'Esta llamada se graba.',
    fillers: ['Un momento.', 'Sigo en ello.'],
    areYouThere: '¿Sigue ahí?',
    notUnderstood: 'Perdón, no le he entendido.',
    sayAgain: 'Perdón, ¿puede repetirlo?',
    cannotGoOn: 'Lo siento, ahora no puedo continuar. Adiós.',
    goodbye: 'Adiós.',
    timeIsShort: 'Nos quedan pocos segundos.',
  },
  fr: {
    isRecorded: 'Cet appel est enregistré.',
    fillers: ['Un instant.', 'Je cherche encore.'],
    areYouThere: 'Êtes-vous toujours là ?',
    notUnderstood: "Pardon, je n'ai pas compris.",
    sayAgain: 'Pardon, pouvez-vous répéter ?',
    cannotGoOn: 'Je suis désolé, je ne peux pas continuer. Au revoir.',
    goodbye: 'Au revoir.',
    timeIsShort: 'Il ne nous reste que quelques secondes.',
  },
};

/** The phrases of a language by its BCP 47 tag; the English ones where there are no others. */
export function phrasesFor(language: string): Phrases {
  return PHRASES[language.split('-')[0].toLowerCase()] ?? ENGLISH;
}
