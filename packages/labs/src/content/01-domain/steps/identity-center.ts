/** 1.23: a domain in Identity Center mode, its users and groups. */
import type { Bench } from "../../../bench.ts";
import { type Call, call, type Experiment, type Step } from "../../../model.ts";
import { attemptTo, demand } from "../attempt-to.ts";
import {
  ANA,
  assignGroup,
  assignmentOfGroup,
  assignmentOfUser,
  assignUser,
  BEN,
  DOMAIN,
  enterStudio,
  leaveGroup,
  makeSsoDomain,
  membershipOf,
  profileFor,
  removeSsoDomain,
  removeUser,
  ssoDomainNow,
  startOver,
} from "../identity-center.ts";

const does = (
  what: string,
  shown: string | Call | Call[],
  why: string,
  run: (bench: Bench) => Promise<string | undefined>,
  expect: Experiment["expect"] = "allowed",
): Experiment => ({ what, as: "admin", attempt: attemptTo(shown, run), expect, why });

const signsIn = (who: string, expect: "allowed" | "denied", why: string): Experiment =>
  does(
    `${who} signs in`,
    `sign in as ${who} at the access portal, choose ${DOMAIN}`,
    why,
    (bench) => enterStudio(bench, who),
    expect,
  );

export const identityCenter: Step = {
  id: "1.23",
  title: "The other way in: IAM Identity Center",
  text: `
**The idea.** In IAM mode the account's roles decide who opens Studio. In **Identity Center** mode (\`AuthMode: SSO\`) the
domain is an *application* of the organisation's Identity Center: people sign in at its access portal, with the
company's passwords and MFA, and who is assigned to the application comes in. Presigned URLs do not exist there, so
neither do the rules of steps 1.2 to 1.6: where people may come from is the portal's and the network's business.

**Users and groups.** A *user* comes in by a profile that carries the user's name (\`SingleSignOnUserValue\`). A *group* is
assigned to the application; each of its members gets a profile at the first sign-in, with the domain's default role. Convenient,
and a trap: who needs another role needs a profile made *before*.

**Taking it away.** Remove the assignment, or the membership, and the next sign-in is refused. Neither deletes the profile, its
spaces or the home directory, and a session that is open goes on until it ends: offboarding is more than unassigning.

**Choose once.** The mode cannot be changed later. The domain must be in the Region of Identity Center's instance.

**What to see.** The step makes a small domain, \`${DOMAIN}\`, with Ana, and with Ben in a group. The local cloud's portal asks for
no password; it takes Identity Center's decisions, from the assignments you make by its API. On AWS, sign in with a browser.`,
  hint: "If the domain cannot be made, look for an Identity Center instance: `aws sso-admin list-instances` must show one in this Region.",
  prepare: makeSsoDomain,
  async experiments(bench) {
    const { DomainId, ApplicationArn } = await ssoDomainNow(bench);
    const membership = call("identitystore", "CreateGroupMembership", await membershipOf(bench, BEN));
    return [
      does(
        "see that nobody is assigned",
        call("sso-admin", "ListApplicationAssignments", { ApplicationArn }),
        "a new domain is for nobody",
        startOver,
      ),
      does(
        "make a presigned URL for this domain",
        call("sagemaker", "CreatePresignedDomainUrl", { DomainId, UserProfileName: "ana-lab" }),
        "the modes exclude each other: this domain has no such door",
        async ({ admin }) => {
          await admin.call("sagemaker", "CreatePresignedDomainUrl", { DomainId, UserProfileName: "ana-lab" });
          return undefined;
        },
        "failed",
      ),
      signsIn(ANA, "denied", "known to the company, not assigned to this domain"),
      does(
        "give Ana a profile",
        call("sagemaker", "CreateUserProfile", await profileFor(bench, ANA)),
        "the profile names the user, and SageMaker assigns her to the application",
        (on) => assignUser(on, ANA),
      ),
      signsIn(ANA, "allowed", "assigned as a user"),
      does(
        "assign a group and put Ben into it",
        [call("sso-admin", "CreateApplicationAssignment", await assignmentOfGroup(bench)), membership],
        "the group has the way in, whoever is in it",
        (on) => assignGroup(on, BEN),
      ),
      signsIn(BEN, "allowed", "a member of an assigned group"),
      does(
        "find Ben's profile, which nobody made",
        call("sagemaker", "ListUserProfiles", { DomainIdEquals: DomainId }),
        "made at the first sign-in, with the domain's default role",
        async ({ admin }) => {
          const { UserProfiles = [] } = await admin.call("sagemaker", "ListUserProfiles", {
            DomainIdEquals: DomainId,
          });
          const names = UserProfiles.map((one) => one.UserProfileName);
          demand(names.length === 2, `the domain has the profiles ${names.join(", ")}`);
          return names.join(", ");
        },
      ),
      does(
        "take Ana off the application",
        call("sso-admin", "DeleteApplicationAssignment", await assignmentOfUser(bench, ANA)),
        "the profile and the home directory stay",
        (on) => removeUser(on, ANA),
      ),
      signsIn(ANA, "denied", "not assigned any more"),
      does(
        "take Ben out of the group",
        "sagekeep lab run -- aws identitystore delete-group-membership, with the membership that list-group-memberships shows",
        "the group stays assigned, Ben is not in it",
        (on) => leaveGroup(on, BEN),
      ),
      signsIn(BEN, "denied", "no assignment reaches him"),
    ];
  },
  undo: removeSsoDomain,
};
