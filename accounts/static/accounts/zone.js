/* Chooses the browser's own time zone in the sign-up form, as long as nobody has chosen another. */
(() => {
  "use strict";
  const select = document.querySelector("select[name=time_zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!select || !zone || select.value !== "UTC" || document.querySelector(".error-summary")) return;
  for (const option of select.options) {
    if (option.value === zone) select.value = zone;
  }
})();
