/** Rows of a page of detections, recoveries and audit entries. */
export const PAGE_ROWS = 20;

/** Where a page begins; pages count from 0, and a page before the first is the first. */
export const pageOffset = (page: number | undefined): number =>
	Math.max(0, Math.trunc(page ?? 0)) * PAGE_ROWS;
