/** The markers that Baton writes itself (AutoPseudoGTID), in orchestrator's words. */

/** What all of them begin with. */
export const OWN_MARKER = "drop view if exists `_pseudo_gtid_`";
/** From here on they sort in the order in which they were written. */
export const OWN_HINT = "asc:";

const hex = (value: number, digits: number): string =>
	Math.max(0, Math.floor(value)).toString(16).padStart(digits, "0");

/**
 * A statement that changes nothing, and is found again in every log that it goes through: no other one has its text. The schema need not
 * exist.
 * @param random 16 hexadecimal digits
 */
export const ownMarkerText = (
	atMs: number,
	serverId: number,
	random: string,
): string =>
	`${OWN_MARKER}.\`_${OWN_HINT}${hex(atMs / 1000, 8)}:${hex(serverId, 8)}:${random}\``;
