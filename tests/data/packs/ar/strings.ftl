watch-live = مباشر
