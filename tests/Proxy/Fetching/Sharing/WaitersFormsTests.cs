using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>What a waiter's request tells the origin is found out once, and only where an error may lie in that.</summary>
public sealed class WaitersFormsTests : IDisposable
{
    private readonly FetchScene _scene = new(new CachePolicy());

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_form_is_built_once_however_many_errors_are_judged_by_it()
    {
        var tickets = Ask("A: 1", "A: 2", "A: 2", "A: 3");
        _scene.Origin.Answer(0, Messages.Response(400), "none");
        var forms = Array.ConvertAll(tickets, static ticket => ticket.Form);
        Assert.All(forms, Assert.NotNull);

        for (var next = 1; next < _scene.Origin.Sinks.Count; next++)
            _scene.Origin.Answer(next, Messages.Response(400), "none");

        Assert.All(tickets, static ticket => Assert.Equal(400, ticket.Response!.Status));
        Assert.All(tickets, (ticket, i) => Assert.Same(forms[i], ticket.Form));
    }

    [Theory]
    [InlineData(200, "Cache-Control: max-age=60")]
    [InlineData(200, "Cache-Control: private")]
    [InlineData(404, "A: b")]
    public void None_is_built_for_an_answer_that_is_no_error_of_the_request(int status, string field)
    {
        var tickets = Ask("A: 1", "A: 2");
        _scene.Origin.Answer(0, Messages.Response(status, field), "body");
        Assert.All(tickets, static ticket => Assert.Null(ticket.Form));
    }

    private FetchTicket[] Ask(params string[] fields) => Array.ConvertAll(fields, field => _scene.Client.Ask("/a", field));
}
