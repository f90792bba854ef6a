watch-live = 直播中
