/** What is wrong with the words of a command, before it has done anything. Shown with the command's usage; exit code 2. */
export class UsageProblem extends Error {
  override readonly name = "UsageProblem";
  /** What to do, when more can be said than "see --help". */
  readonly advice: string | null;

  constructor(reason: string, advice: string | null = null) {
    super(reason);
    this.advice = advice;
  }
}
