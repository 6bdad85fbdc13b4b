/** The first piece of an answer may end at a clause, so that its sound comes early; no piece is longer than a synthesizer likes. */
const FIRST_PIECE = 60;
const LONGEST_PIECE = 300;
/** Words whose dot ends no sentence, and single letters. */
const ABBREVIATION = /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|e\.g|i\.e|a\.m|p\.m|[A-Z])\.$/i;
const SENTENCE_END = /[.!?…]+["')\]]*\s+|[。！？]|\n+/g;
const CLAUSE_END = /[,;:–—]\s+/g;

/** Cuts a text that comes in pieces into what can be spoken already. */
export class Sentences {
  private rest = '';
  private isFirst = true;

  /** The sentences that are complete with this piece. */
  push(piece: string): string[] {
    this.rest += piece;
    const found: string[] = [];
    for (let end = this.nextEnd(); end > 0; end = this.nextEnd()) {
      this.take(end, found);
    }
    return found;
  }

  /** What is left when nothing more comes. */
  flush(): string[] {
    const found: string[] = [];
    this.take(this.rest.length, found);
    return found;
  }

  private take(end: number, found: string[]): void {
    const sentence = this.rest.slice(0, end).trim();
    this.rest = this.rest.slice(end);
    if (sentence === '') return;
    this.isFirst = false;
    found.push(sentence);
  }

  /** Where the next sentence or clause ends; 0 when it goes on. */
  private nextEnd(): number {
    for (const match of this.rest.matchAll(SENTENCE_END)) {
      const end = match.index + match[0].length;
      if (!ABBREVIATION.test(this.rest.slice(0, end).trimEnd())) return end;
    }
    if (this.isFirst && this.rest.length > FIRST_PIECE) return this.lastClause(FIRST_PIECE);
    return this.rest.length > LONGEST_PIECE ? this.lastClause(LONGEST_PIECE) || this.lastBlank() : 0;
  }

  private lastClause(limit: number): number {
    const ends = [...this.rest.slice(0, limit).matchAll(CLAUSE_END)];
    const last = ends.at(-1);
    return last ? last.index + last[0].length : 0;
  }

  private lastBlank(): number {
    return this.rest.lastIndexOf(' ', LONGEST_PIECE) + 1 || LONGEST_PIECE;
  }
}
