// On a phone the menu is one line that scrolls: the page that one is on is brought into sight.
"use strict";
const here = document.querySelector(".side [aria-current]");
const line = here && here.closest("ul");
if (line && line.scrollWidth > line.clientWidth) {
  line.scrollLeft = here.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;
}
