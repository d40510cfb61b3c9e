// The browser of the page tests.

import { installPackages } from "./debian.mjs";
import { locateChromium } from "./locate.mjs";

export async function setUpChromium(say) {
	if (locateChromium() === undefined)
		await installPackages({
			packages: ["chromium", "fonts-dejavu-core"],
			why: "the tests of the web pages run in a real browser",
			remedy: "install chromium, or name its executable in BATON_CHROMIUM",
			say,
		});
	return locateChromium();
}
