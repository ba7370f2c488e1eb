using System.Reflection;
using System.Runtime.CompilerServices;
using TlsProxy.Proxy.Hosting;

namespace TlsProxy.Proxy.Tests.Threads;

/// <summary>Every object that changes in the running proxy belongs to a thread or is guarded by a rule, and nothing that two threads see is
/// wider than a word. The walk begins at the root of the composition, so that no type can be forgotten.</summary>
public sealed class SharedFieldTests
{
    private static readonly IReadOnlySet<Type> s_reached = SharedTypes.ReachableFrom(typeof(ProxyService));

    [Fact]
    public void Each_type_whose_fields_change_says_which_thread_writes_them()
    {
        var changing = s_reached.Where(type => type is { IsValueType: false, IsInterface: false } && Changing(type).Any())
            .Select(NameOf).ToHashSet();
        var known = Owners.OfOneLoop.Concat(Owners.Shared.Keys).ToHashSet();
        Assert.Empty(Owners.OfOneLoop.Intersect(Owners.Shared.Keys));
        Assert.True(changing.IsSubsetOf(known), $"no owner or rule: {string.Join(", ", changing.Except(known).Order())}");
        Assert.True(known.IsSubsetOf(changing), $"not there any more: {string.Join(", ", known.Except(changing).Order())}");
    }

    [Fact]
    public void What_two_threads_see_is_one_word_or_has_its_own_rule()
    {
        var wide = s_reached.Where(type => Owners.Shared.ContainsKey(NameOf(type)))
            .SelectMany(type => Changing(type).Where(field => IsWide(field.FieldType)).Select(field => $"{NameOf(type)}.{field.Name}"))
            .ToHashSet();
        Assert.True(wide.IsSubsetOf(Owners.WiderThanAWord.Keys), string.Join(", ", wide.Except(Owners.WiderThanAWord.Keys).Order()));
        Assert.Subset(wide, Owners.WiderThanAWord.Keys.ToHashSet());
    }

    [Theory]
    [InlineData(typeof(long?), true)]
    [InlineData(typeof(Guid), true)]
    [InlineData(typeof(decimal), true)]
    [InlineData(typeof(DateTimeOffset), true)]
    [InlineData(typeof(ReadOnlyMemory<byte>), true)]
    [InlineData(typeof(long), false)]
    [InlineData(typeof(TimeSpan), false)]
    [InlineData(typeof(string), false)]
    public void A_value_of_two_words_is_found(Type type, bool isWide) => Assert.Equal(isWide, IsWide(type));

    /// <summary>A parameter of a primary constructor is never assigned again here, though the compiler doesn't mark it.</summary>
    private static IEnumerable<FieldInfo> Changing(Type type) =>
        SharedTypes.Fields(type).Where(field => !field.IsInitOnly && !field.Name.EndsWith(">P", StringComparison.Ordinal));

    private static bool IsWide(Type type) => type is { IsValueType: true, IsGenericParameter: false }
        && (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)! > IntPtr.Size;

    private static string NameOf(Type type) => type.FullName!["TlsProxy.".Length..];
}
