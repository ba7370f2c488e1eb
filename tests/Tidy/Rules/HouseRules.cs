namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>The rules that the tree is held to.</summary>
internal static class HouseRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new ArrowsDown(),
        new BoundedReads(),
        new EmptyCatch(),
        new EngineFence(),
        new FewFieldsAndInterfaces(),
        new FileLength(),
        new FinishedWork(),
        new FunctionLength(),
        new KernelConstantsOnce(),
        new LineLength(),
        new NamespaceIsFolder(),
        new NoNeedlessThis(),
        new OneDirection(),
        new OneEngineListed(),
        new OneFileAType(),
        new OnePublicType(),
        new RankedLocks(),
        new SharingSaysWhy(),
        new SortedUsings(),
        new UnsafeFence(),
    ];
}
