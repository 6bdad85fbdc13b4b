import { isEmail } from 'class-validator';

/** Parses `NAME <ADDRESS>` or a bare address (a mailbox of RFC 5322, without comments); null for anything else. */
export function parseMailbox(text: string): { name: string; address: string } | null {
  const match = /^(?:"?([^"<>\r\n]*?)"?\s*<([^<>\s]+)>|([^<>\s]+))$/.exec(text.trim());
  if (!match) return null;
  const address = match[2] ?? match[3];
  if (!isEmail(address, { require_tld: false })) return null;
  return { name: match[1] ?? '', address };
}
