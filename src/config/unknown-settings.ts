/** Prefixes that only settings of this service have: an unknown variable with one of them is a misspelt setting. */
const PREFIXES = [
  'ARGON2_',
  'AUDIT_',
  'CALL_',
  'CALLS_',
  'DATABASE_',
  'ELEVENLABS_',
  'LLM_',
  'MAIL_',
  'RECORDING_',
  'RECORDINGS_',
  'METRICS_',
  'REDIS_',
  'SESSION_',
  'SIGNING_KEY_',
  'SMTP_',
  'SQLITE_',
  'THROTTLE_',
  'TRUST_',
  'TWILIO_',
  'WEBHOOK_',
];
/** Variables that other programs set: desktop sessions, and Kubernetes and Docker for services called `mail` or `redis`. */
const OF_OTHERS = /^SESSION_MANAGER$|_SERVICE_(HOST|PORT)(_.*)?$|_PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?$/;
const ADDRESS_OF_A_SERVICE = /^(tcp|udp):\/\//;
/** Minimum length of a name that is compared: shorter ones are too close to those of other programs. */
const MIN_COMPARED_LENGTH = 7;

/** Returns the Levenshtein distance: how many characters must be inserted, deleted or replaced to turn one text into the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

/** Returns the known name that a misspelt one is closest to; undefined when none is close. */
function meant(name: string, known: string[]): string | undefined {
  const spelt = name.toUpperCase().replaceAll('-', '_');
  if (known.includes(spelt)) return spelt;
  // TRUST_PROXIES is three changes away from TRUST_PROXY. Three changes in a short name would make it another word.
  const farthest = spelt.length < 10 ? 1 : spelt.length < 13 ? 2 : 3;
  return known
    .filter((candidate) => Math.min(candidate.length, spelt.length) >= MIN_COMPARED_LENGTH)
    .filter((candidate) => Math.abs(candidate.length - spelt.length) <= farthest)
    .map((candidate) => ({ candidate, far: distance(spelt, candidate) }))
    .filter(({ far }) => far <= farthest)
    .sort((one, other) => one.far - other.far)[0]?.candidate;
}

function isOfOthers(name: string, value: string): boolean {
  return OF_OTHERS.test(name) || (name.endsWith('_PORT') && ADDRESS_OF_A_SERVICE.test(value));
}

/** Returns variables that look like misspelt settings, each described without its value. */
export function unknownSettings(given: [name: string, value: string][], known: string[]): string[] {
  return given
    .filter(([name, value]) => !known.includes(name) && !isOfOthers(name, value))
    .flatMap(([name]) => {
      const candidate = meant(name, known);
      if (candidate !== undefined) return [`${name} (did you mean ${candidate}?)`];
      return PREFIXES.some((prefix) => name.startsWith(prefix)) ? [name] : [];
    });
}
