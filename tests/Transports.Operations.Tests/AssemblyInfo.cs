// They count what a whole process measures, and load a machine of two cores each.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
