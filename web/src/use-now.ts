import { useEffect, useState } from "react";

/** The time, each second: for ages that grow while nothing else changes. */
export const useNow = (): number => {
	const [nowMs, setNow] = useState(() => Date.now());
	useEffect(() => {
		const tick = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(tick);
	}, []);
	return nowMs;
};
