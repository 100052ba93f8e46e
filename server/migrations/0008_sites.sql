-- The machine that Kulning was started on bears its slug until somebody names it, in place of an English phrase.
update kulning.site set name = slug where slug = 'this-machine' and name = 'This machine';
update kulning.site set place = '' where slug = 'this-machine' and place = 'where Kulning was started';
