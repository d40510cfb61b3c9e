// What a manager says to the servers, as points at which a fault can be placed. Pure.

/** One statement of a step's session, before it is sent. */
export interface Statement {
	/** Of the server: s1 is the first primary. */
	readonly alias: string;
	/** Without its values: they may be secret. */
	readonly text: string;
	readonly isWrite: boolean;
	/** Names it among all of one run, and the same one in another run; undefined for one that is no point. */
	readonly key: string | undefined;
}

const WRITES =
	/^(SET (@@)?GLOBAL|SET SESSION gtid_next|CHANGE|START|STOP|RESET|FLUSH|PURGE|UNLOCK|BEGIN|COMMIT|KILL QUERY)/i;

/** Asked beside the identity query of the same look. */
const PART_OF_A_LOOK = /^(SHOW |SELECT MAX\(IF)/i;

/** A step's own words about its session. */
const HOUSEKEEPING = /^(SELECT GET_LOCK|SET SESSION|SELECT @@version AS)/i;

/** So much of a statement names it. */
const NAMED_BY = 60;

const READ_POINTS_BETWEEN_WRITES = 2;

const textOf = (sql: string, values: readonly unknown[]): string => {
	const oneLine = sql.replaceAll(/\s+/g, " ").replaceAll(/\d{3,}/g, "n");
	const isSetting = /^SET GLOBAL (?!gtid_slave_pos)/i.test(oneLine);
	const told = isSetting
		? values.reduce<string>(
				(text, value) => text.replace("?", `${value}`),
				oneLine,
			)
		: oneLine;
	return told.length > NAMED_BY ? `${told.slice(0, NAMED_BY)}…` : told;
};

interface Place {
	lastWrite: string;
	readonly counts: Map<string, number>;
	readsSince: Set<string>;
}

/**
 * Names statements as they come. Steps on several servers run at once, so a name counts on its own server only: a write by how
 * often it was said there, a read by the write that it follows. Of the reads between two writes the first two different ones are
 * points; of the sessions that are ended in a row the first.
 */
export const createNaming = () => {
	const places = new Map<string, Place>();
	const placeOf = (alias: string): Place => {
		const known = places.get(alias);
		if (known !== undefined) return known;
		const place = {
			lastWrite: "",
			counts: new Map(),
			readsSince: new Set<string>(),
		};
		places.set(alias, place);
		return place;
	};
	const counted = (place: Place, text: string): string => {
		const count = (place.counts.get(text) ?? 0) + 1;
		place.counts.set(text, count);
		return count === 1 ? text : `${text} (${count})`;
	};
	const keyOfRead = (place: Place, text: string): string | undefined => {
		if (PART_OF_A_LOOK.test(text) || HOUSEKEEPING.test(text)) return undefined;
		if (place.readsSince.has(text)) return undefined;
		if (place.readsSince.size >= READ_POINTS_BETWEEN_WRITES) return undefined;
		place.readsSince.add(text);
		return place.lastWrite === "" ? text : `${text} [after ${place.lastWrite}]`;
	};
	return (
		alias: string,
		sql: string,
		values: readonly unknown[],
	): Statement => {
		const text = textOf(sql, values);
		const isWrite = WRITES.test(text);
		const place = placeOf(alias);
		if (!isWrite) {
			const key = keyOfRead(place, text);
			return { alias, text, isWrite, key: key && `${alias}: ${key}` };
		}
		const named = counted(place, text);
		place.lastWrite = named;
		place.readsSince = new Set();
		return { alias, text, isWrite, key: `${alias}: ${named}` };
	};
};
