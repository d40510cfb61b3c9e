/** Where a part of Baton says something to the people who run it, one line each. */
export interface Log {
	fatal(text: string): void;
	error(text: string): void;
	warning(text: string): void;
	info(text: string): void;
	debug(text: string): void;
}
