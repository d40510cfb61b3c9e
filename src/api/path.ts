/**
 * Paths as the reference matches them: on the decoded path, a parameter being anything but `/`, `#` and `?`, with
 * one optional slash at the end. A line end that the stock client leaves in a value (`%0A`) is trimmed.
 */
export interface PathPattern {
	/** The trimmed parameters, or undefined for another path. */
	match(decodedPath: string): Readonly<Record<string, string>> | undefined;
	readonly parameters: readonly string[];
}

/** The decoded path, or undefined when it is not valid percent-encoding. */
export const decodePath = (path: string): string | undefined => {
	try {
		return decodeURIComponent(path);
	} catch (error) {
		if (error instanceof URIError) return undefined;
		throw error;
	}
};

const quoted = (text: string): string =>
	text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** @param pattern such as `/api/instance/:host/:port` */
export const compilePath = (pattern: string): PathPattern => {
	const parameters: string[] = [];
	const source = pattern
		.split("/")
		.map((segment) => {
			if (!segment.startsWith(":")) return quoted(segment);
			parameters.push(segment.slice(1));
			return "([^/#?]+)";
		})
		.join("/");
	const expression = new RegExp(`^${source}/?\\n?$`);
	return {
		parameters,
		match: (decodedPath) => {
			const found = expression.exec(decodedPath);
			if (found === null) return undefined;
			return Object.fromEntries(
				parameters.map((name, index) => [
					name,
					(found[index + 1] ?? "").trim(),
				]),
			);
		},
	};
};
