import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { followLive } from "./live.ts";
import { placeOf } from "./place.ts";
import "@xyflow/react/dist/base.css";
import "./look.css";

const element = document.getElementById("root");
if (element === null) throw new Error("the page has no root");

// The base is `<prefix>/web/`: the API lies beside it.
const base = new URL(document.baseURI);
const live = followLive(new URL("../api/baton/events", base).href);
const path = decodeURIComponent(
	window.location.pathname.slice(base.pathname.length),
);

createRoot(element).render(
	<StrictMode>
		<App live={live} place={placeOf(path)} />
	</StrictMode>,
);
