/** `CA` and the 32 hex digits of the call's id, as the documentation shows ids of calls. */
export function sidOf(id: string): string {
  return `CA${id.replaceAll('-', '')}`;
}

const SID = /^ca([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** The id of the call with this sid, in whatever case it is written; null for anything else, which names no call. */
export function idOf(sid: string): string | null {
  const [, ...parts] = SID.exec(sid.trim().toLowerCase()) ?? [];
  return parts.length === 0 ? null : parts.join('-');
}
