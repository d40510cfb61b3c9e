import { CO_PRIMARY } from "./taxonomy/co-primary.ts";
import { GROUP } from "./taxonomy/group.ts";
import { INTERMEDIATE } from "./taxonomy/intermediate.ts";
import { OWN_LINK } from "./taxonomy/own-link.ts";
import { UNSEEN_PRIMARY } from "./taxonomy/primary.ts";
import { PRIMARY_REPLICAS } from "./taxonomy/primary-replicas.ts";
import { ROLE } from "./taxonomy/role.ts";
import { HINDERED_PRIMARY } from "./taxonomy/writes.ts";
import type { RecoveryKind, TaxonomyRow } from "./taxonomy-row.ts";

/**
 * Every code in priority order. The docs table is generated from this one. An unseen primary is never
 * looked at for a semi-sync lock: its numbers are stale.
 */
export const TAXONOMY: readonly TaxonomyRow[] = [
	...UNSEEN_PRIMARY,
	...ROLE,
	...HINDERED_PRIMARY,
	...PRIMARY_REPLICAS,
	...CO_PRIMARY,
	...INTERMEDIATE,
	...OWN_LINK,
	...GROUP,
];

export const NO_PROBLEM: TaxonomyRow = {
	code: "NoProblem",
	when: [],
	recovery: "none",
	says: (f) => `no problem seen on ${f.instance.name}`,
};

/** Whether the kind changes a topology at all, where it is built. */
export const isRecovery = (kind: RecoveryKind): boolean =>
	kind !== "notice" && kind !== "none";
