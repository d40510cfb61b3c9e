/** Hosts as text: which text can be one, and the one spelling of those that have several. */

const HOST = /^(\/\/)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/;
const IPV6 = /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$/;
const IPV4_TAIL = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Put before a source's host to break replication on purpose, perhaps more than once. */
const DETACHED = /^(?:\/\/)+/;

/** Whether the text can be a host: a DNS name, an IPv4 or IPv6 literal, or a detached host (`//` in front). */
export const isHost = (text: string): boolean =>
	text.length <= 128 && (HOST.test(text) || IPV6.test(text));

const groupsOf = (text: string): number[] | undefined => {
	const parts = text === "" ? [] : text.split(":");
	return parts.every((part) => /^[0-9a-f]{1,4}$/.test(part))
		? parts.map((part) => Number.parseInt(part, 16))
		: undefined;
};

/** The eight numbers of an IPv6 literal in lower case; undefined for what is none. */
const ipv6Groups = (literal: string): number[] | undefined => {
	const tail = IPV4_TAIL.exec(literal);
	const bytes = tail?.slice(2).map(Number) ?? [];
	if (bytes.some((byte) => byte > 255)) return undefined;
	const [a = 0, b = 0, c = 0, d = 0] = bytes;
	const text = tail
		? `${tail[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
		: literal;
	const halves = text.split("::");
	const [left, right] = halves.map(groupsOf);
	if (halves.length > 2 || left === undefined) return undefined;
	if (halves.length === 1) return left.length === 8 ? left : undefined;
	if (right === undefined || left.length + right.length > 7) return undefined;
	const zeros = new Array<number>(8 - left.length - right.length).fill(0);
	return [...left, ...zeros, ...right];
};

/** Whether the text is an IPv6 literal. */
export const isIpv6 = (text: string): boolean =>
	IPV6.test(text) && ipv6Groups(text.toLowerCase()) !== undefined;

/** Start and length of the first longest run of zeros, of two at least. */
const zeroRun = (groups: readonly number[]): readonly [number, number] => {
	let best: readonly [number, number] = [0, 1];
	for (let start = 0; start < groups.length; start++) {
		let length = 0;
		while (groups[start + length] === 0) length++;
		if (length > best[1]) best = [start, length];
	}
	return best[1] > 1 ? best : [0, 0];
};

/** As RFC 5952 writes it; an IPv4-mapped address is the IPv4 one, which is where it leads. */
const ipv6Text = (groups: readonly number[]): string => {
	const hex = (part: readonly number[]): string =>
		part.map((group) => group.toString(16)).join(":");
	const isMapped =
		groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
	if (isMapped)
		return groups
			.slice(6)
			.flatMap((group) => [group >> 8, group & 255])
			.join(".");
	const [start, length] = zeroRun(groups);
	return length === 0
		? hex(groups)
		: `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
};

/**
 * The one spelling of a host: in lower case, an IPv6 address without brackets and as short as it can be. The mark of a detached host
 * stays in front, and `_` and the empty text, which name no host, stay as they are. Folding twice changes nothing.
 */
export const foldHost = (text: string): Lowercase<string> => {
	const lower = text.toLowerCase() as Lowercase<string>;
	const marks = DETACHED.exec(lower)?.[0] ?? "";
	const host = lower.slice(marks.length);
	const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
	const groups = IPV6.test(bare) ? ipv6Groups(bare) : undefined;
	return groups === undefined
		? lower
		: (`${marks}${ipv6Text(groups)}` as Lowercase<string>);
};
