/** Owner and sharing type of the space that a request is about: from the request itself, or from the stored space. */
import type { ReadContext } from "../../../context.ts";
import { arnOf } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";

export function spaceOf(
  input: Fields,
  context: ReadContext,
): { owner?: string; sharing?: string } | undefined {
  const { DomainId, SpaceName } = input;
  if (typeof DomainId !== "string" || typeof SpaceName !== "string") return undefined;
  const asked = settings(input);
  if (asked) return facts(DomainId, asked, context);
  const stored = find(kindNamed("Space"), [DomainId, SpaceName], context);
  return stored && facts(DomainId, settings(stored.input) ?? {}, context);
}

interface Settings {
  owner?: string;
  sharing?: string;
}

function settings(input: Fields): Settings | undefined {
  const ownership = input.OwnershipSettings as { OwnerUserProfileName?: string } | undefined;
  const sharing = input.SpaceSharingSettings as { SharingType?: string } | undefined;
  if (!ownership && !sharing) return undefined;
  return {
    ...(ownership?.OwnerUserProfileName && { owner: ownership.OwnerUserProfileName }),
    ...(sharing?.SharingType && { sharing: sharing.SharingType }),
  };
}

function facts(domainId: string, { owner, sharing }: Settings, context: ReadContext): Settings {
  return {
    ...(owner && { owner: arnOf(kindNamed("UserProfile"), [domainId, owner], context) }),
    ...(sharing && { sharing }),
  };
}
