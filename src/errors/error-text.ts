/** One readable line for any thrown value. */
export const errorText = (error: unknown): string => {
	if (!(error instanceof Error)) return String(error);
	if (error.message !== "") return error.message;
	// One address of several refused each, or something was thrown that says nothing but what kind it is.
	if (error instanceof AggregateError && error.errors.length > 0)
		return [...new Set(error.errors.map(errorText))].join("; ");
	return error.cause === undefined ? error.name : errorText(error.cause);
};
