watch-live = Live
