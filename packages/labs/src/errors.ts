/** Errors of the labs. */
import { ToolkitError } from "@sagekeep/toolkit";

/** What only the local cloud can do for a learner; on AWS it is done by hand. */
export class NotOnAws extends ToolkitError {
  /** How it is done by hand. */
  readonly byHand: string;

  constructor(what: string, byHand: string) {
    super("LAB0001", `${what} cannot be played by a program on AWS`, { help: byHand, exit: "invalid" });
    this.name = "NotOnAws";
    this.byHand = byHand;
  }
}
