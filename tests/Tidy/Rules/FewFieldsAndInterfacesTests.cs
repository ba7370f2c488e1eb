using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

public sealed class FewFieldsAndInterfacesTests
{
    [Theory]
    [InlineData(15, "", 0)]
    [InlineData(16, "", 1)]
    [InlineData(16, "/// <summary>Its fields are the kernel's.</summary>\n", 0)]
    [InlineData(16, "/// <summary>Its interfaces are the kernel's.</summary>\n", 1)]
    public void A_sixteenth_field_needs_a_sentence(int fields, string comment, int breaches) =>
        Assert.Equal(breaches, Count($"{comment}class A\n{{\n{Fields(fields)}\n}}"));

    [Theory]
    [InlineData("int P { get; }", 1)]
    [InlineData("int P { get; set; }", 1)]
    [InlineData("int P => _f0;", 0)]
    [InlineData("int P { get => _f0; }", 0)]
    [InlineData("static int s_a;", 0)]
    [InlineData("const int A = 1;", 0)]
    [InlineData("int _a, _b;", 1)]
    public void What_stands_behind_a_property_is_a_field_and_a_constant_is_none(string member, int breaches) =>
        Assert.Equal(breaches, Count($"class A\n{{\n{Fields(15)}\n{member}\n}}"));

    [Theory]
    [InlineData("class A(int a) { int F() => a;", 1)]
    [InlineData("class A(int a) { int _a = a;", 0)]
    [InlineData("class A(int a) { int F() => 1;", 0)]
    [InlineData("record A(int Value) {", 1)]
    public void A_parameter_that_members_use_is_a_field(string start, int breaches) =>
        Assert.Equal(breaches, Count($"{start}\n{Fields(start.Contains("_a", StringComparison.Ordinal) ? 14 : 15)}\n}}"));

    [Fact]
    public void The_fields_of_all_parts_of_a_type_count()
    {
        var text = $"partial class A\n{{\n{Fields(8)}\n}}";

        Assert.Single(new FewFieldsAndInterfaces().FindAll([new("src/A/A.cs", text), new("src/A/A.More.cs", text)]));
        Assert.Empty(new FewFieldsAndInterfaces().FindAll([new("src/A/A.cs", text), new("src/B/A.cs", text)]));
    }

    [Theory]
    [InlineData("class A : IA, IB, IC, ID, IE;", 0)]
    [InlineData("class A : Base, IA, IB, IC, ID, IE;", 0)]
    [InlineData("class A : IA, IB, IC, ID, IE, B.IF;", 1)]
    [InlineData("// Six interfaces: one for each thing that it waits for.\nclass A : IA, IB, IC, ID, IE, IF;", 0)]
    public void A_sixth_interface_needs_a_sentence(string text, int breaches) => Assert.Equal(breaches, Count(text));

    private static string Fields(int count) => string.Concat(Enumerable.Range(0, count).Select(at => $"int _f{at};\n"));

    private static int Count(string text) => new FewFieldsAndInterfaces().FindAll([new SourceFile("src/A/A.cs", text)]).Count();
}
