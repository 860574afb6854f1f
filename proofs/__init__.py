"""Programs that attack hilum: mutated inputs, kills, full disks, small memory."""
