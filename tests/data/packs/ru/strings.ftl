watch-live = В эфире
