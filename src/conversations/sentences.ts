/** Characters after which the first piece may end at a clause, so that its sound comes early. */
const FIRST_PIECE = 60;
const MAX_PIECE = 300;
/** Words whose dot ends no sentence, and single letters. */
const ABBREVIATION = /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|e\.g|i\.e|a\.m|p\.m|[A-Z])\.$/i;
const SENTENCE_END = /[.!?…]+["')\]]*\s+|[。！？]|\n+/g;
const CLAUSE_END = /[,;:–—]\s+/g;

/** Splits streamed text into sentences or clauses that can be spoken already. */
export class Sentences {
  private rest = '';
  private isFirst = true;

  /** Adds text; returns the sentences that are complete now. */
  push(piece: string): string[] {
    this.rest += piece;
    const found: string[] = [];
    for (let end = this.nextEnd(); end > 0; end = this.nextEnd()) {
      this.take(end, found);
    }
    return found;
  }

  /** Returns the rest, at the end of the text. */
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

  /** Returns where the next sentence or clause ends; 0 when it is not complete. */
  private nextEnd(): number {
    for (const match of this.rest.matchAll(SENTENCE_END)) {
      const end = match.index + match[0].length;
      if (!ABBREVIATION.test(this.rest.slice(0, end).trimEnd())) return end;
    }
    if (this.isFirst && this.rest.length > FIRST_PIECE) return this.lastClause(FIRST_PIECE);
    return this.rest.length > MAX_PIECE ? this.lastClause(MAX_PIECE) || this.lastBlank() : 0;
  }

  private lastClause(limit: number): number {
    const ends = [...this.rest.slice(0, limit).matchAll(CLAUSE_END)];
    const last = ends.at(-1);
    return last ? last.index + last[0].length : 0;
  }

  private lastBlank(): number {
    return this.rest.lastIndexOf(' ', MAX_PIECE) + 1 || MAX_PIECE;
  }
}
