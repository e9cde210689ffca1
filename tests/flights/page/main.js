// The page under test: it knows Foldlog and the flights, not the totals that it is compared with.
import { appendFlights } from "./append.js";
import { foldAircraft } from "./fold.js";

globalThis.flights = { appendFlights, foldAircraft };
