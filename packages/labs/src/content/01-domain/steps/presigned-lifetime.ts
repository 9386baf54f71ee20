/** 1.5: a presigned URL is short-lived, for once, and bound to the place it was made in. */
import type { Bench } from "../../../bench.ts";
import { call, type From, type Step } from "../../../model.ts";
import { attemptTo, commandOf } from "../attempt-to.ts";
import { BANK, scientist } from "../people.ts";
import { makeUrl, openUrl } from "../presigned.ts";

const { user } = scientist;

/** Lets time pass: the local cloud's clock is moved, AWS's is waited for. */
async function wait(bench: Bench, seconds: number): Promise<void> {
  if (bench.isLocal) await bench.advance(seconds);
  else await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

export const presignedLifetime: Step = {
  id: "1.5",
  title: "What a presigned URL is worth, and how long",
  text: `
**The idea.** A presigned URL is a bearer secret: whoever opens it is the user. SageMaker limits the damage in three ways,
and only the first is yours to set:

1. It expires: \`ExpiresInSeconds\`, from 5 to 300 seconds; 300 when you do not say. What starts *before* that lasts up to
   12 hours (\`SessionExpirationDurationInSeconds\`).
2. It opens once.
3. The permissions of whoever made it are checked again when it is opened, with the *opener's* network. If the maker's
   policy names a VPC or an address, a URL that is passed on to another place is dead. (The local cloud always demands the
   place the URL was made in, also where the maker's policy names none. On AWS write the policy: that is the limit.)

**Why it matters.** URLs end up in chat, in browser history and in proxy logs. Five seconds are enough for a portal that
redirects the browser; nobody needs five minutes.

**What to see.** Five URLs, one mistake each.`,
  hint: "Nothing to write here. If the first opening fails as well, the local cloud's clock may have been moved between making and opening: run the step again.",
  async experiments(bench) {
    const DomainId = await bench.domainId(BANK);
    const command = (seconds?: number, from: From = "internet") =>
      commandOf(
        call("sagemaker", "CreatePresignedDomainUrl", {
          DomainId,
          UserProfileName: user,
          ...(seconds !== undefined && { ExpiresInSeconds: seconds }),
        }),
        "admin",
        from,
      );
    return [
      {
        what: "open a URL at once",
        as: "admin",
        attempt: attemptTo(command(5), async (on) =>
          openUrl(on, await makeUrl(on, user, "internet", 5), user, "internet"),
        ),
        expect: "allowed",
        why: "this is how a sign-in portal uses it",
      },
      {
        what: "open a URL of 5 seconds after 6",
        as: "admin",
        attempt: attemptTo(command(5), async (on) => {
          const url = await makeUrl(on, user, "internet", 5);
          await wait(on, 6);
          return openUrl(on, url, user, "internet");
        }),
        expect: "denied",
        why: "5 seconds is the shortest life SageMaker accepts",
      },
      {
        what: "open a URL with the default life after 5 minutes and a second",
        as: "admin",
        attempt: attemptTo(command(), async (on) => {
          const url = await makeUrl(on, user, "internet");
          await wait(on, 301);
          return openUrl(on, url, user, "internet");
        }),
        expect: "denied",
        why: "without `ExpiresInSeconds` it is 300 seconds",
      },
      {
        what: "ask for a URL of an hour",
        as: "admin",
        attempt: attemptTo(command(3600), async (on) => makeUrl(on, user, "internet", 3600)),
        expect: "failed",
        code: "ValidationException",
        why: "300 seconds is the longest",
      },
      {
        what: "open a URL twice",
        as: "admin",
        attempt: attemptTo(command(), async (on) => {
          const url = await makeUrl(on, user, "internet");
          await openUrl(on, url, user, "internet");
          return openUrl(on, url, user, "internet");
        }),
        expect: "denied",
        why: "a token is used up by the first opening: a copy in a log is worthless",
      },
      {
        what: "open outside a URL that was made inside the VPC",
        as: "admin",
        attempt: attemptTo(command(undefined, "vpc"), async (on) =>
          openUrl(on, await makeUrl(on, user, "vpc"), user, "internet"),
        ),
        expect: "denied",
        why: "it opens only from the network position it was made in",
      },
      {
        what: "open inside the VPC a URL that was made outside",
        as: "admin",
        attempt: attemptTo(command(), async (on) =>
          openUrl(on, await makeUrl(on, user, "internet"), user, "vpc"),
        ),
        expect: "denied",
        why: "the other way round is no better",
      },
    ];
  },
};
