function openTarget(){var e=location.hash&&document.getElementById(location.hash.slice(1));for(;e;e=e.parentElement)if(e.tagName==="DETAILS")e.open=true;var t=location.hash&&document.getElementById(location.hash.slice(1));if(t)t.scrollIntoView();}
addEventListener("hashchange",openTarget);addEventListener("DOMContentLoaded",openTarget);
document.addEventListener("click",function(e){var a=e.target.closest&&e.target.closest('a[href^="#"]');if(a&&a.hash===location.hash)openTarget();});
