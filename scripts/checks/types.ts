/** One thing that must hold of the repository. */
export interface Check {
  readonly name: string;
  /** What holds where it passes, in a few words. */
  readonly holds: string;
  /**
   * Looks at a checkout.
   * @returns one sentence a problem; none where the check passes
   */
  run(root: string): Promise<readonly string[]>;
}
