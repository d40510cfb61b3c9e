import { readFile } from "node:fs/promises";
import { join } from "node:path";
import express, { type RequestHandler, Router } from "express";
import { compilePath, decodePath } from "./path.ts";
import { replyText } from "./reply.ts";

/** The pages, all drawn by one program in the browser. */
const PAGES = [
	"/web/clusters",
	"/web/home",
	"/web/cluster/:clusterName",
	"/web/cluster/alias/:clusterAlias",
	"/web/cluster/instance/:host/:port",
	"/web/audit-recovery",
	"/web/audit-recovery/:page",
	"/web/audit-recovery/id/:id",
	"/web/audit-recovery/uid/:uid",
	"/web/audit-recovery/cluster/:clusterName",
	"/web/audit-recovery/cluster/:clusterName/:page",
	"/web/audit-recovery/alias/:clusterAlias",
	"/web/audit-recovery/alias/:clusterAlias/:page",
	"/web/audit-recovery-steps/:uid",
];

interface PagesOptions {
	readonly directory: string;
	readonly prefix: string;
}

const MISSING =
	"The pages are not built. Run `npm run build`, then start again. The API works without them.\n";

const isMissing = (error: unknown): boolean =>
	error instanceof Error && "code" in error && error.code === "ENOENT";

const attribute = (text: string): string =>
	text.replace(
		/[<>&"']/g,
		(character) => `&#${character.codePointAt(0) ?? 0};`,
	);

/** The page with the place it is served at, against which it finds its files and the API from every depth. */
const withBase = (html: string, prefix: string): string =>
	html.replace("<head>", `<head><base href="${attribute(prefix)}/web/">`);

const page =
	({ directory, prefix }: PagesOptions): RequestHandler =>
	async (_request, response) => {
		try {
			const html = await readFile(join(directory, "index.html"), "utf8");
			response.setHeader("Content-Type", "text/html; charset=UTF-8");
			response.setHeader("Cache-Control", "no-cache");
			response.end(withBase(html, prefix));
		} catch (error) {
			if (!isMissing(error)) throw error;
			replyText(response, 503, MISSING);
		}
	};

/** Serves the built pages below `<prefix>/web`, and leads `<prefix>/` there. */
export const pages = (options: PagesOptions): RequestHandler => {
	const { prefix, directory } = options;
	const router = Router({ strict: true });
	const patterns = PAGES.map((path) => compilePath(`${prefix}${path}`));
	const show = page(options);
	const home = `${prefix}/web/clusters`;
	const assets = express.static(join(directory, "assets"), {
		immutable: true,
		maxAge: "365d",
		index: false,
		redirect: false,
	});
	router.use(`${prefix}/web/assets`, assets);
	router.use((request, response, next) => {
		if (request.method !== "GET" && request.method !== "HEAD") return next();
		const path = decodePath(request.path);
		if (path === `${prefix}/` || path === `${prefix}/web/`)
			return response.redirect(302, home);
		if (prefix !== "" && path === prefix)
			return response.redirect(302, `${prefix}/`);
		if (path !== undefined && patterns.some((each) => each.match(path)))
			return show(request, response, next);
		next();
	});
	return router;
};
