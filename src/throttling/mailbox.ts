/** The address without its plus part: most mail servers deliver ada+anything@ to ada@. */
export function mailboxOf(email: string): string {
  return email.replace(/\+[^@]*(?=@)/, '');
}

export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1);
}
