/** Returns `CA` and the 32 hex digits of a call's id, the documented format. */
export function sidOf(id: string): string {
  return `CA${id.replaceAll('-', '')}`;
}

const SID = /^ca([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** Returns the id in a sid, in upper or lower case; null for malformed text. */
export function idOf(sid: string): string | null {
  const [, ...parts] = SID.exec(sid.trim().toLowerCase()) ?? [];
  return parts.length === 0 ? null : parts.join('-');
}
