/* Chooses the browser's own time zone for somebody who has not chosen one. Without this it is UTC until they do. */
const zone = document.querySelector("select[data-zone]");
if (zone) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...zone.options].some((option) => option.value === here)) zone.value = here;
}
