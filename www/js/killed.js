// @ts-check
// The page that a killed tab lands on: its link leads back to the log.
const link = document.querySelector("a");
if (link) {
  link.search = location.search;
  link.hash = location.hash;
}
