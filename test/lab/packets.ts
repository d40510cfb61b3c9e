// The packets of the protocol between clients and servers, as far as the stand-ins of labs read and write them.

export interface Packet {
	/** 0 for a command, which begins anew. */
	readonly sequence: number;
	readonly payload: Buffer;
	/** As it came, with its header. */
	readonly raw: Buffer;
}

const HEADER = 4;

export function packet(sequence: number, payload: Buffer): Buffer {
	const header = Buffer.alloc(HEADER);
	header.writeUIntLE(payload.length, 0, 3);
	header[3] = sequence;
	return Buffer.concat([header, payload]);
}

/** Cuts what arrives, in whatever pieces, into packets. */
export function packets(): (chunk: Buffer) => Packet[] {
	let rest = Buffer.alloc(0);
	return (chunk) => {
		rest = Buffer.concat([rest, chunk]);
		const whole: Packet[] = [];
		while (rest.length >= HEADER) {
			const end = HEADER + rest.readUIntLE(0, 3);
			if (rest.length < end) break;
			const raw = rest.subarray(0, end);
			whole.push({
				sequence: raw[3] ?? 0,
				payload: raw.subarray(HEADER),
				raw,
			});
			rest = rest.subarray(end);
		}
		return whole;
	};
}

/** What a server answers; each text shorter than 251 bytes. */
export interface Result {
	readonly columns: readonly string[];
	readonly rows: readonly (readonly (string | null)[])[];
}

const lengthCoded = (text: string | null): Buffer =>
	text === null
		? Buffer.from([0xfb])
		: Buffer.concat([
				Buffer.from([Buffer.byteLength(text)]),
				Buffer.from(text),
			]);

/** Binary text, as a binlog router sends all but numbers. */
const columnPayload = (name: string): Buffer =>
	Buffer.concat([
		...["def", "", "", "", name, ""].map(lengthCoded),
		// The length of what follows, the set of characters, the width, VARCHAR, flags, decimals.
		Buffer.from([0x0c, 63, 0, 40, 0, 0, 0, 0x0f, 0x81, 0, 0, 0, 0]),
	]);

const EOF = Buffer.from([0xfe, 0, 0, 2, 0]);

export function resultPackets({ columns, rows }: Result): Buffer {
	const payloads = [
		Buffer.from([columns.length]),
		...columns.map(columnPayload),
		EOF,
		...rows.map((row) => Buffer.concat(row.map(lengthCoded))),
		EOF,
	];
	return Buffer.concat(payloads.map((each, nth) => packet(nth + 1, each)));
}

export function okPacket(warnings = 0): Buffer {
	return packet(1, Buffer.from([0, 0, 0, 2, 0, warnings, 0]));
}

export function errorPacket(
	errno: number,
	state: string,
	message: string,
): Buffer {
	const code = Buffer.alloc(2);
	code.writeUInt16LE(errno);
	return packet(
		1,
		Buffer.concat([
			Buffer.from([0xff]),
			code,
			Buffer.from(`#${state}${message}`),
		]),
	);
}
