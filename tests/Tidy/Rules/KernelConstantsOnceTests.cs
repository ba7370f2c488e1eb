using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

public sealed class KernelConstantsOnceTests
{
    private static readonly SourceFile s_first = new("src/Uring/Interop/Some.cs", "class Some { public const int SOL_TLS = 282; }");

    [Theory]
    [InlineData("src/Ktls/A.cs", "class A { const int SOL_TLS = 282; }", 1)]
    [InlineData("src/Ktls/A.cs", "class A { const int SolTls = 282; }", 1)]
    [InlineData("src/Uring/Loop/A.cs", "class A { void F() { const int SOL_TLS = 282; } }", 1)]
    [InlineData("src/Proxy/A.cs", "enum A { SOL_TLS = 282 }", 1)]
    [InlineData("src/Ktls/A.cs", "class A { int F() => Some.SOL_TLS; }", 0)]
    [InlineData("src/Ktls/A.cs", "class A { const int TLS_TX = 1; }", 1)]
    [InlineData("src/Ktls/Interop/A.cs", "class A { const int TLS_TX = 1; }", 0)]
    [InlineData("src/Ktls/A.cs", "class A { const int HeaderLength = 5; }", 0)]
    [InlineData("src/Handshake/Interop/A.cs", "class A { const int SOL_TLS = 282; }", 0)]
    [InlineData("tests/Ktls/A.cs", "class A { const int SOL_TLS = 282; }", 0)]
    public void A_second_definition_or_one_outside_the_fence_is_found(string path, string text, int breaches)
    {
        var found = new KernelConstantsOnce().FindAll([new SourceFile(path, text), s_first]).ToArray();

        Assert.Equal(breaches, found.Length);
        Assert.All(found, one => Assert.Equal(path, one.Path));
    }

    [Fact]
    public void The_sentence_about_a_second_definition_names_the_first()
    {
        var (_, breach) = Assert.Single(
            new KernelConstantsOnce().FindAll([s_first, new SourceFile("src/Ktls/A.cs", "class A { const int SolTls = 282; }")]));

        Assert.Equal("SolTls is defined in src/Uring/Interop/Some.cs", breach.What);
    }
}
