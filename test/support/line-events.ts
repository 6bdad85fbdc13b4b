import type { LineListener } from '../../src/telephony/phone-line.js';

/** What a line told of one call, as texts in their order; sound apart. */
export class LineEvents implements LineListener {
  readonly all: string[] = [];
  readonly frames: Int16Array[] = [];
  private readonly watchers = new Set<() => void>();

  ringing = () => this.note('ringing');
  answered = () => this.note('answered');
  digit = (digit: string) => this.note(`digit ${digit}`);
  typed = (text: string) => this.note(`typed ${text}`);
  ended = ({ reason }: { reason: string }) => this.note(`ended ${reason}`);
  frame = (samples: Int16Array) => {
    this.frames.push(samples);
    this.look();
  };

  /** Resolves when the condition holds. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
      look();
    });
  }

  /** Resolves when this was told. */
  event(text: string): Promise<void> {
    return this.until(() => this.all.includes(text));
  }

  private note(text: string): void {
    this.all.push(text);
    this.look();
  }

  private look(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
